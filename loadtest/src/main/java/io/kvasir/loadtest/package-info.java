/** Load driver, trace replay, simulator, benchmarks, reports and the command line. */
@NullMarked
package io.kvasir.loadtest;

import org.jspecify.annotations.NullMarked;
