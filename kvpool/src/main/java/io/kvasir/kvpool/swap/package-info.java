/** What moving and computing KV again cost, from measurements, and what follows from it. */
@NullMarked
package io.kvasir.kvpool.swap;

import org.jspecify.annotations.NullMarked;
