/** The worker's link to its scheduler: wire formats, one stream, reconnection. */
@NullMarked
package io.kvasir.worker.link;

import org.jspecify.annotations.NullMarked;
