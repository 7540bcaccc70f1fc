/** The step engine, model runners, tokenizer and model files. */
@NullMarked
package io.kvasir.worker;

import org.jspecify.annotations.NullMarked;
