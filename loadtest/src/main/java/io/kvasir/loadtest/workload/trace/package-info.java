/**
 * Readers of recorded serving traces; each streams its file and names file and line of an error.
 */
@NullMarked
package io.kvasir.loadtest.workload.trace;

import org.jspecify.annotations.NullMarked;
