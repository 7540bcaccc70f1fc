/** The commands {@code serve} and {@code generate}: they parse, wire and print. */
@NullMarked
package io.kvasir.scheduler.cli;

import org.jspecify.annotations.NullMarked;
