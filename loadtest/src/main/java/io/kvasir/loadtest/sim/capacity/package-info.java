/** How many requests and devices fit: arithmetic first, then simulation. */
@NullMarked
package io.kvasir.loadtest.sim.capacity;

import org.jspecify.annotations.NullMarked;
