/** Links between the device arena and the tiers, and the copies on them, in virtual time. */
@NullMarked
package io.kvasir.loadtest.sim.link;

import org.jspecify.annotations.NullMarked;
