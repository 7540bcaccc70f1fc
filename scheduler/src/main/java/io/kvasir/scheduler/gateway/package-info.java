/**
 * Between clients and the scheduler: validates and tokenizes requests, admits them, streams their
 * tokens.
 */
@NullMarked
package io.kvasir.scheduler.gateway;

import org.jspecify.annotations.NullMarked;
