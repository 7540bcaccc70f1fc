/** Workers as the scheduler sees them, in its own process or at the end of a stream. */
@NullMarked
package io.kvasir.scheduler.link;

import org.jspecify.annotations.NullMarked;
