/** The order in which unreferenced blocks are taken. */
@NullMarked
package io.kvasir.kvpool.evict;

import org.jspecify.annotations.NullMarked;
