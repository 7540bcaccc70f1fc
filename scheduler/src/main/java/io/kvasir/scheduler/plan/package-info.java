/**
 * Decides one step: who runs, how many tokens, with which blocks. Start reading at {@code
 * StepPlanner}. Pure: no threads, clocks or I/O.
 */
@NullMarked
package io.kvasir.scheduler.plan;

import org.jspecify.annotations.NullMarked;
