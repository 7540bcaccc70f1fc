/** Metadata: blocks, groups, prefix index, residency, eviction, swap planning; pure. */
@NullMarked
package io.kvasir.kvpool;

import org.jspecify.annotations.NullMarked;
