/** The experiments that the project is judged by: what is compared, on what, and what was hoped. */
@NullMarked
package io.kvasir.loadtest.sim.experiment;

import org.jspecify.annotations.NullMarked;
