/** Fits the cost of a step on this machine from live steps. */
@NullMarked
package io.kvasir.loadtest.sim.calibrate;

import org.jspecify.annotations.NullMarked;
