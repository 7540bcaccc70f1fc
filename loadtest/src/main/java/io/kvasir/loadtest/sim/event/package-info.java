/** Virtual time: a clock, a queue of events and the loop that runs them. */
@NullMarked
package io.kvasir.loadtest.sim.event;

import org.jspecify.annotations.NullMarked;
