//! Instructions as Codama has them.

use crate::node::{self, camel, docs, number};
use serde_json::{Value, json};
use trestle_interface::tag::{InstructionInfo, Tail};

/// The node of one instruction.
#[must_use]
pub fn node(row: &InstructionInfo, sizes: &dyn Fn(&str) -> Option<usize>) -> Value {
    let accounts: Vec<Value> = row
        .prefix
        .iter()
        .chain(row.accounts)
        .map(|role| {
            json!({
                "kind": "instructionAccountNode",
                "name": camel(role.name),
                "isWritable": role.writable,
                "isSigner": role.signer,
                "isOptional": false,
                "docs": docs(role.doc),
            })
        })
        .collect();
    let mut arguments = vec![json!({
        "kind": "instructionArgumentNode",
        "name": "tag",
        "defaultValueStrategy": "omitted",
        "docs": ["First byte of the data."],
        "type": number("u8"),
        "defaultValue": { "kind": "numberValueNode", "number": row.tag.byte() },
    })];
    arguments.extend(row.args.iter().map(|field| {
        let node = node::parse(field.type_name, sizes);
        assert_eq!(node.size, field.len, "{}.{}", row.name, field.name);
        argument(field.name, field.doc, &node.value)
    }));
    arguments.extend(tail(row.tail));
    let mut instruction = json!({
        "kind": "instructionNode",
        "name": camel(row.name),
        "docs": docs(row.doc),
        "optionalAccountStrategy": "omitted",
        "accounts": accounts,
        "arguments": arguments,
        "discriminators": [{ "kind": "fieldDiscriminatorNode", "name": "tag", "offset": 0 }],
    });
    if row.trailing {
        instruction["remainingAccounts"] = json!([{
            "kind": "instructionRemainingAccountsNode",
            "isOptional": true,
            "isSigner": false,
            "docs": ["Accounts of any number, with the flags that their own documents give."],
            "value": { "kind": "argumentValueNode", "name": "remainingAccounts" },
        }]);
    }
    instruction
}

fn argument(name: &str, doc: &str, value: &Value) -> Value {
    json!({
        "kind": "instructionArgumentNode",
        "name": camel(name),
        "docs": docs(doc),
        "type": value,
    })
}

/// The argument behind those of fixed size, which fills the rest.
fn tail(tail: Tail) -> Option<Value> {
    let rest = json!({ "kind": "bytesTypeNode" });
    match tail {
        Tail::Nothing => None,
        Tail::Rows(bytes) => {
            let item = number(if bytes == 1 { "u8" } else { "u16" });
            let count = json!({ "kind": "remainderCountNode" });
            let array = json!({ "kind": "arrayTypeNode", "item": item, "count": count });
            Some(argument("rows", "Row numbers, one per row whose accounts trail.", &array))
        }
        Tail::Frame => {
            let doc = "Operations one after another: tag, number of account indices, indices, \
                       length of arguments, arguments. Indices count the accounts behind the \
                       first four.";
            Some(argument("frame", doc, &rest))
        }
        Tail::Proof => {
            let doc = "Nothing, or a proof: number of the leaf as four bytes, then siblings of \
                       32 bytes each, that of the leaf first.";
            Some(argument("proof", doc, &rest))
        }
    }
}
