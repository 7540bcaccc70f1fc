package io.kvasir.worker.model.template;

/** A value that can be called. */
@FunctionalInterface
interface Function {
  Object call(Arguments arguments);
}
