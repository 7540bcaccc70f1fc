/** What a simulated run is measured by. */
@NullMarked
package io.kvasir.loadtest.sim.metrics;

import org.jspecify.annotations.NullMarked;
