/** Blocks: their states, metadata, tables and the pool that alone changes them. */
@NullMarked
package io.kvasir.kvpool.block;

import org.jspecify.annotations.NullMarked;
