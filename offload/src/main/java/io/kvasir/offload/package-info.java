/** Bytes: tier stores, the copy engine, the codec, the persistent index. */
@NullMarked
package io.kvasir.offload;

import org.jspecify.annotations.NullMarked;
