/** The gRPC services of a server. */
@NullMarked
package io.kvasir.scheduler.gateway.grpc;

import org.jspecify.annotations.NullMarked;
