/** Metrics and health, for those who run a server. */
@NullMarked
package io.kvasir.scheduler.ops;

import org.jspecify.annotations.NullMarked;
