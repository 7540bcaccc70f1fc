/** How near the simulator comes to a live run. */
@NullMarked
package io.kvasir.loadtest.sim.fidelity;

import org.jspecify.annotations.NullMarked;
