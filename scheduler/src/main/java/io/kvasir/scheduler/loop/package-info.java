/**
 * Runs the scheduler: {@code SchedulerCore} is deterministic, without threads and clocks; {@code
 * SchedulerLoop} is the thread around it.
 */
@NullMarked
package io.kvasir.scheduler.loop;

import org.jspecify.annotations.NullMarked;
