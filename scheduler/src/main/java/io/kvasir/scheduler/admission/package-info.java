/** Whether a request is let in, now and for its tenant. Any thread; short locks. */
@NullMarked
package io.kvasir.scheduler.admission;

import org.jspecify.annotations.NullMarked;
