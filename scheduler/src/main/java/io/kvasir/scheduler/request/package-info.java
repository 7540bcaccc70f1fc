/** One generation, from admission to its terminal event: its values, its state and the queues. */
@NullMarked
package io.kvasir.scheduler.request;

import org.jspecify.annotations.NullMarked;
