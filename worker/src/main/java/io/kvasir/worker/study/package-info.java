/** What a change to the KV does to a model's text: experiments that people run, not the service. */
@NullMarked
package io.kvasir.worker.study;

import org.jspecify.annotations.NullMarked;
