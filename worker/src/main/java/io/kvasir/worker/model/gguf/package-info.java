/** The GGUF file format: metadata, tensors and their element types. */
@NullMarked
package io.kvasir.worker.model.gguf;

import org.jspecify.annotations.NullMarked;
