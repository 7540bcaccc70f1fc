/** What a step costs: model shapes, device profiles, the roofline and fits of live runs. */
@NullMarked
package io.kvasir.loadtest.sim.device;

import org.jspecify.annotations.NullMarked;
