/** Records in a preallocated file or on a raw device, past the page cache. */
@NullMarked
package io.kvasir.offload.store.file;

import org.jspecify.annotations.NullMarked;
