/** The HTTP endpoints of a server. */
@NullMarked
package io.kvasir.scheduler.gateway.http;

import org.jspecify.annotations.NullMarked;
