/**
 * The commands of {@code ./kvasir}, one file each: they parse, wire and print, and decide nothing.
 */
@NullMarked
package io.kvasir.loadtest.cli;

import org.jspecify.annotations.NullMarked;
