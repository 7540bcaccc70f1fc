/** Gateway, admission, policies, the step planner, worker links and operations. */
@NullMarked
package io.kvasir.scheduler;

import org.jspecify.annotations.NullMarked;
