/** Scenarios written as YAML, and what runs them. */
@NullMarked
package io.kvasir.loadtest.sim.scenario;

import org.jspecify.annotations.NullMarked;
