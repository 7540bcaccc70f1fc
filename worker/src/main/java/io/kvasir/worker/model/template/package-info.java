/**
 * The part of the Jinja2 template language that chat templates are written in, with Jinja2's own
 * whitespace rules. A template reaches nothing but the values it is given, and its work and output
 * are bounded, because it comes with a model file that nobody has read.
 *
 * <p>Values are String, Long, Double, Boolean, List, Map, {@link None}, {@link Undefined}, {@link
 * Namespace} and {@link Function}.
 */
@NullMarked
package io.kvasir.worker.model.template;

import org.jspecify.annotations.NullMarked;
