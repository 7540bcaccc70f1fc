/**
 * What is asked of the system, when and by whom: one {@link io.kvasir.loadtest.workload.Workload},
 * the same for the live driver and for a simulation, reproducible from a seed.
 */
@NullMarked
package io.kvasir.loadtest.workload;

import org.jspecify.annotations.NullMarked;
