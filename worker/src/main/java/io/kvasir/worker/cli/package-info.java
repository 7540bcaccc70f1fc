/** The worker's command line. */
@NullMarked
package io.kvasir.worker.cli;

import org.jspecify.annotations.NullMarked;
