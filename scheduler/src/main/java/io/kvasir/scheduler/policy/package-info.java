/** In which order requests are served. Nothing else is decided here. */
@NullMarked
package io.kvasir.scheduler.policy;

import org.jspecify.annotations.NullMarked;
