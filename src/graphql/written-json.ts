/** Replies, or parts of them, that the read path has the database write. */
export { ShapedText, type TextOperation, textOperation, wasAbandoned } from '#pothos-mikro-orm';
