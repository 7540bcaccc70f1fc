/** The scheduler's own core in virtual time: workers, sessions, and one run of one set-up. */
@NullMarked
package io.kvasir.loadtest.sim.engine;

import org.jspecify.annotations.NullMarked;
