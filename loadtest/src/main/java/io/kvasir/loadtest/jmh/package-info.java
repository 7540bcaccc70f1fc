/** Benchmarks: each answers one question and names the baseline it compares with. */
@NullMarked
package io.kvasir.loadtest.jmh;

import org.jspecify.annotations.NullMarked;
