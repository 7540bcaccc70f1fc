/** Reports of simulations: tables, JSON, pages with charts, and traces. */
@NullMarked
package io.kvasir.loadtest.sim.report;

import org.jspecify.annotations.NullMarked;
