/**
 * Drives a workload at a running server over gRPC. Arrivals never wait for answers, and every
 * latency counts from the moment a request was meant to be sent.
 */
@NullMarked
package io.kvasir.loadtest.live;

import org.jspecify.annotations.NullMarked;
