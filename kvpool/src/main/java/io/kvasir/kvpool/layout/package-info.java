/** Shape of a KV block and where its elements lie. */
@NullMarked
package io.kvasir.kvpool.layout;

import org.jspecify.annotations.NullMarked;
