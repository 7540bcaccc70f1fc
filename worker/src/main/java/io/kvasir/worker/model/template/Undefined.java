package io.kvasir.worker.model.template;

/**
 * The value of a name or attribute that does not exist: prints as nothing, is false, and cannot be
 * calculated with.
 *
 * @param what how to name it in a message
 */
record Undefined(String what) {

  TemplateException error() {
    return new TemplateException(what + " is undefined");
  }
}
