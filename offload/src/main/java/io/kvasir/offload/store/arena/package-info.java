/** Host memory outside the Java heap. */
@NullMarked
package io.kvasir.offload.store.arena;

import org.jspecify.annotations.NullMarked;
