/** Recognising equal prompt prefixes: chained block hashes and the index from hash to block. */
@NullMarked
package io.kvasir.kvpool.prefix;

import org.jspecify.annotations.NullMarked;
