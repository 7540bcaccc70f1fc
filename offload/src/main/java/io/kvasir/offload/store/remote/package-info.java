/** Records on a server that several instances share. */
@NullMarked
package io.kvasir.offload.store.remote;

import org.jspecify.annotations.NullMarked;
