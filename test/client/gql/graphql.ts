/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Which draft is to be deleted. */
export type DeleteInvoiceInput = {
  /** The global id of the invoice. */
  id: string | number;
};

/** Which invoices: those for which everything holds that is said. */
export type InvoiceFilter = {
  /** In that currency. */
  currency?: string | null | undefined;
  /** Of the customer with that global id. */
  customerId?: string | number | null | undefined;
  /** Due before that day. */
  dueBefore?: string | null | undefined;
  /** Due on that day or later. */
  dueFrom?: string | null | undefined;
  /** Over at least so much, in minor units. */
  grossFrom?: number | null | undefined;
  /** Over at most so much, in minor units. */
  grossTo?: number | null | undefined;
  /** Issued before that day. */
  issuedBefore?: string | null | undefined;
  /** Issued on that day or later. */
  issuedFrom?: string | null | undefined;
  /** Whether it is issued, not paid, and its last day to pay is over (UTC). */
  overdue?: boolean | null | undefined;
  /** Part of the number or the note. */
  search?: string | null | undefined;
  /** In one of these. */
  status?: Array<InvoiceStatus> | null | undefined;
};

/** Where an invoice stands. */
export type InvoiceStatus =
  /** Can still be changed. */
  | 'DRAFT'
  /** Has its number; the customer is to pay. */
  | 'ISSUED'
  /** Paid in full. */
  | 'PAID'
  /** Cancelled. */
  | 'VOID';

/** Which draft is to be issued. */
export type IssueInvoiceInput = {
  /** The global id of the invoice. */
  id: string | number;
};

/** Which issued invoice is to be cancelled. */
export type VoidInvoiceInput = {
  /** The global id of the invoice. */
  id: string | number;
};

export type CreateCustomerMutationVariables = Exact<{
  name: string;
}>;


export type CreateCustomerMutation = { createCustomer: { customer: { id: string, name: string, version: number, email: string | null } } };

export type RenameCustomerMutationVariables = Exact<{
  id: string | number;
  version: number;
  name: string;
}>;


export type RenameCustomerMutation = { updateCustomer: { customer: { name: string, version: number } } };

export type CustomerAccountQueryVariables = Exact<{
  id: string | number;
}>;


export type CustomerAccountQuery = { customer: { name: string, invoiceCount: number, invoices: { totalCount: number, nodes: Array<{ number: string | null, lines: Array<{ net: number }>, payments: Array<{ amount: number }>, customer: { name: string } }> } } | null };

export type CreateDraftMutationVariables = Exact<{
  customerId: string | number;
}>;


export type CreateDraftMutation = { createInvoice: { invoice: { id: string, status: InvoiceStatus, number: string | null, net: { amount: number, currency: string }, tax: { amount: number }, gross: { amount: number }, lines: Array<{ position: number, description: string, net: number, tax: number }> } } };

export type IssueInvoiceMutationVariables = Exact<{
  input: IssueInvoiceInput;
}>;


export type IssueInvoiceMutation = { issueInvoice: { invoice: { number: string | null, status: InvoiceStatus, issuedOn: string | null, dueOn: string | null } } };

export type VoidInvoiceMutationVariables = Exact<{
  input: VoidInvoiceInput;
}>;


export type VoidInvoiceMutation = { voidInvoice: { invoice: { status: InvoiceStatus } } };

export type DeleteInvoiceMutationVariables = Exact<{
  input: DeleteInvoiceInput;
}>;


export type DeleteInvoiceMutation = { deleteInvoice: { deletedInvoiceId: string } };

export type RecordPaymentMutationVariables = Exact<{
  invoiceId: string | number;
  amount: number;
}>;


export type RecordPaymentMutation = { recordPayment: { payment: { amount: number, invoice: { status: InvoiceStatus, payments: Array<{ amount: number }> } } } };

export type InvoiceQueryVariables = Exact<{
  id: string | number;
}>;


export type InvoiceQuery = { invoice: { id: string, status: InvoiceStatus } | null, node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export type InvoicePageQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: InvoiceFilter | null | undefined;
}>;


export type InvoicePageQuery = { invoices: { totalCount: number, nodes: Array<{ id: string, status: InvoiceStatus, issuedOn: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const CreateCustomerDocument = new TypedDocumentString(`
    mutation CreateCustomer($name: String!) {
  createCustomer(
    input: {name: $name, street: "Mill Lane 1", postalCode: "8001", city: "Zürich", country: "CH"}
  ) {
    customer {
      id
      name
      version
      email
    }
  }
}
    `, {"hash":"sha256:22ce7a1a6c4b1e7a430ef22484aa0c195f1069dffdc0976b57ba54bebcf1f808"}) as unknown as TypedDocumentString<CreateCustomerMutation, CreateCustomerMutationVariables>;
export const RenameCustomerDocument = new TypedDocumentString(`
    mutation RenameCustomer($id: ID!, $version: Int!, $name: String!) {
  updateCustomer(input: {id: $id, version: $version, name: $name}) {
    customer {
      name
      version
    }
  }
}
    `, {"hash":"sha256:b3ff45c0c2ddf283e5b9edb95c984226aecc5bb5ca9e36e964455e348f7a2d73"}) as unknown as TypedDocumentString<RenameCustomerMutation, RenameCustomerMutationVariables>;
export const CustomerAccountDocument = new TypedDocumentString(`
    query CustomerAccount($id: ID!) {
  customer(id: $id) {
    name
    invoiceCount
    invoices(first: 5) {
      totalCount
      nodes {
        number
        lines {
          net
        }
        payments {
          amount
        }
        customer {
          name
        }
      }
    }
  }
}
    `, {"hash":"sha256:5995023e25b12a7e39ed7b111aae81e1e395b66e6f2fb3fca76ac88279033628"}) as unknown as TypedDocumentString<CustomerAccountQuery, CustomerAccountQueryVariables>;
export const CreateDraftDocument = new TypedDocumentString(`
    mutation CreateDraft($customerId: ID!) {
  createInvoice(
    input: {customerId: $customerId, currency: "EUR", lines: [{description: "Work", quantity: 3, unitPrice: 333, taxRate: 1900}, {description: "Books", quantity: 1, unitPrice: 1050, taxRate: 700}]}
  ) {
    invoice {
      id
      status
      number
      net {
        amount
        currency
      }
      tax {
        amount
      }
      gross {
        amount
      }
      lines {
        position
        description
        net
        tax
      }
    }
  }
}
    `, {"hash":"sha256:682236aa1106748883c1ce2552dd3e057d40c88f18f54ac9c3980e952cce6b49"}) as unknown as TypedDocumentString<CreateDraftMutation, CreateDraftMutationVariables>;
export const IssueInvoiceDocument = new TypedDocumentString(`
    mutation IssueInvoice($input: IssueInvoiceInput!) {
  issueInvoice(input: $input) {
    invoice {
      number
      status
      issuedOn
      dueOn
    }
  }
}
    `, {"hash":"sha256:d19e79505f6a5b639d2af5ed72ab4cd018e38ae53feab9e50dc231250abcfe4f"}) as unknown as TypedDocumentString<IssueInvoiceMutation, IssueInvoiceMutationVariables>;
export const VoidInvoiceDocument = new TypedDocumentString(`
    mutation VoidInvoice($input: VoidInvoiceInput!) {
  voidInvoice(input: $input) {
    invoice {
      status
    }
  }
}
    `, {"hash":"sha256:0fc9b08afe3e43d4fc0e4cc12b99a31ef99ecf97efa931b4e48ef2f66286d605"}) as unknown as TypedDocumentString<VoidInvoiceMutation, VoidInvoiceMutationVariables>;
export const DeleteInvoiceDocument = new TypedDocumentString(`
    mutation DeleteInvoice($input: DeleteInvoiceInput!) {
  deleteInvoice(input: $input) {
    deletedInvoiceId
  }
}
    `, {"hash":"sha256:974b9af191a5769a8dc5b24965e5e2ba061926888a8bbae6bfe748369a4596d7"}) as unknown as TypedDocumentString<DeleteInvoiceMutation, DeleteInvoiceMutationVariables>;
export const RecordPaymentDocument = new TypedDocumentString(`
    mutation RecordPayment($invoiceId: ID!, $amount: SafeInt!) {
  recordPayment(
    input: {invoiceId: $invoiceId, amount: $amount, receivedOn: "2026-03-01", reference: "bank"}
  ) {
    payment {
      amount
      invoice {
        status
        payments {
          amount
        }
      }
    }
  }
}
    `, {"hash":"sha256:9fceb6850cff3ee3c966633095a53844c0e02f984845145d63defb5ab19cded1"}) as unknown as TypedDocumentString<RecordPaymentMutation, RecordPaymentMutationVariables>;
export const InvoiceDocument = new TypedDocumentString(`
    query Invoice($id: ID!) {
  invoice(id: $id) {
    id
    status
  }
  node(id: $id) {
    id
  }
}
    `, {"hash":"sha256:4dff3684905154106249b50d113e9b3f1ddce8d706bedf352e5ce1ab44ef4ce0"}) as unknown as TypedDocumentString<InvoiceQuery, InvoiceQueryVariables>;
export const InvoicePageDocument = new TypedDocumentString(`
    query InvoicePage($first: Int!, $after: String, $filter: InvoiceFilter) {
  invoices(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      id
      status
      issuedOn
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:d83c99dd17b6e1c123525af3c890aed776b6bd1ab96d8cc36fcb0b7898e2b3a7"}) as unknown as TypedDocumentString<InvoicePageQuery, InvoicePageQueryVariables>;