package io.kvasir.worker.model.template;

/** The value {@code none}. */
enum None {
  NONE
}
