/** Who pays for requests: what each tenant was promised and may use. */
@NullMarked
package io.kvasir.scheduler.tenant;

import org.jspecify.annotations.NullMarked;
